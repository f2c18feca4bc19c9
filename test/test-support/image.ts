import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Test } from 'tap'
import { GenericContainer, ImageName, Wait, getContainerRuntimeClient, type ContainerRuntimeClient, type ExecResult, type StartedTestContainer } from 'testcontainers'

/** The project's folder, with a slash at its end, wherever this file is built to. */
export const ROOT = `${dirname(createRequire(import.meta.url).resolve('sandtable/package.json'))}/`
export const { NODE_IMAGE = 'node:24-bookworm-slim', BUILD_NETWORK = 'default' } = process.env
export const API_PORT = 3000
export const EMULATOR_PORT = 4566
const START_TIMEOUT_MS = 60_000

/**
 * Builds the image, under a name of its own so that no older one passes for it, and removes it at the end of the test.
 *
 * @returns the name
 */
export async function buildImage (t: Test, docker: ContainerRuntimeClient): Promise<string> {
  const name = `sandtable-test:${process.pid}`
  // Rather than GenericContainer.fromDockerfile(), which has no say in the network of the build.
  await docker.image.build(ROOT, { t: name, dockerfile: 'Dockerfile', buildargs: { NODE_IMAGE }, networkmode: BUILD_NETWORK, forcerm: true })
  if (!await docker.image.exists(ImageName.fromString(name))) {
    throw new Error(`The image cannot be built on ${NODE_IMAGE}. Set DEBUG=testcontainers:build to see why, NODE_IMAGE for another base`)
  }
  t.teardown(() => docker.container.dockerode.getImage(name).remove({ force: true }))
  return name
}

/** As locked up as in compose.yaml. */
class LockedContainer extends GenericContainer {
  constructor (image: string) {
    super(image)
    this.hostConfig.ReadonlyRootfs = true
    this.withTmpFs({ '/tmp': '' }).withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges')
  }
}

/** Starts a container, waits until its own health check is content, and removes it at the end of the test. */
export async function startContainer (t: Test, image: string, configure = (container: GenericContainer) => container): Promise<StartedTestContainer> {
  const container = await configure(new LockedContainer(image))
    .withExposedPorts(API_PORT, EMULATOR_PORT)
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(START_TIMEOUT_MS)
    // The reaper, which is an image of its own, is not needed where the test removes what it started.
    .withAutoCleanup(false)
    .start()
  const { container: containers } = await getContainerRuntimeClient()
  // container.stop() leaves one there that has been stopped before.
  t.teardown(() => containers.getById(container.getId()).remove({ force: true, v: true }))
  return container
}

/** Runs the image's health check once more, with other settings if need be. */
export const checkHealth = (container: StartedTestContainer, env: Record<string, string> = {}): Promise<ExecResult> =>
  container.exec(['node', '/app/docker/health-check.js'], { env })
