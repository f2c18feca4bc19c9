/** What AWS limits, with its values as defaults. Source: "Quotas for Application Auto Scaling" (user guide). */
export interface Limits {
  /** Bytes of a request. */
  maxBodyBytes: number
  targets: number
  scheduledActionsPerTarget: number
  tags: number
}

export const AWS_LIMITS: Limits = {
  maxBodyBytes: 1024 * 1024,
  targets: 5000,
  scheduledActionsPerTarget: 200,
  tags: 50,
}
