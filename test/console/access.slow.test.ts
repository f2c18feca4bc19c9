import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('a user gets a key and a policy, is denied the rest, and the trace gives the smallest policy', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  await go.visit('access?tab=users')
  await page.getByLabel('Name of a new user').fill('ann')
  await page.getByRole('button', { name: 'Create user' }).click()
  await page.getByRole('heading', { name: 'ann' }).waitFor()
  await page.getByRole('button', { name: 'Create access key' }).click()
  const [, accessKeyId = '', secretAccessKey = ''] = /ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(await page.getByTestId('new-key').innerText()) ?? []
  await page.getByRole('button', { name: 'Add inline policy' }).click()
  await page.getByLabel('Policy name').fill('reader')
  await page.getByRole('textbox', { name: 'Policy document' }).fill('{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('MalformedPolicyDocument').first().waitFor()
  await page.getByRole('textbox', { name: 'Policy document' }).fill('{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"},{"Sid":"NoWrites","Effect":"Deny","Action":"dynamodb:PutItem","Resource":"*"}]}')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'reader', exact: true }).waitFor()
  await go.look('access-user')

  await go.visit('access')
  await page.getByRole('button', { name: 'on', exact: true }).click()
  await page.getByText('Policies are enforced').waitFor()
  const ann = new DynamoDBClient({ endpoint: emulator.url!, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 })
  t.teardown(() => ann.destroy())
  const put = () => ann.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }))
  await ann.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }))
  await t.rejects(put(), { name: 'AccessDeniedException' })
  await page.getByRole('link', { name: 'dynamodb:PutItem' }).waitFor()
  await page.getByText('explicit deny').waitFor()
  await page.getByRole('cell', { name: /NoWrites/ }).waitFor()
  await go.look('access')
  await page.getByRole('button', { name: 'audit', exact: true }).click()
  await page.getByText('Policies are evaluated').waitFor()
  await put()
  await page.getByText('would be').waitFor()

  await page.getByRole('tab', { name: 'Least privilege' }).click()
  await page.getByRole('textbox', { name: 'Least-privilege policy' }).getByText('"dynamodb:PutItem"').waitFor()
  await page.getByText('Made of').waitFor()
  await go.look('least-privilege')
  for (const [tab, noun] of [['Roles', 'role'], ['Groups', 'group']] as const) {
    await page.getByRole('tab', { name: tab }).click()
    await page.getByLabel(`Name of a new ${noun}`).fill(`a-${noun}`)
    await page.getByRole('button', { name: `Create ${noun}` }).click()
    await page.getByRole('heading', { name: `a-${noun}` }).waitFor()
    await page.getByText('No policy allows or denies it anything.').waitFor()
    if (noun === 'role') {
      await page.getByRole('button', { name: 'Trust policy' }).click()
      await page.getByText('"sts:AssumeRole"').waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
    }
    await page.getByRole('link', { name: tab }).click()
  }
  await page.getByRole('tab', { name: 'Policies' }).click()
  await page.getByRole('button', { name: 'Create policy' }).click()
  await page.getByLabel('Policy name').fill('shared')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'arn:aws:iam::000000000000:policy/shared' }).waitFor()
  await go.visit('access/users/ann')
  await page.getByLabel('ARN of a managed policy').fill('arn:aws:iam::000000000000:policy/shared')
  await page.getByRole('button', { name: 'Attach' }).click()
  await page.getByRole('rowheader', { name: 'shared' }).waitFor()
})
