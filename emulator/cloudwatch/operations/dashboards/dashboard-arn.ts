/** Dashboards belong to no region. */
export const dashboardArn = (account: string, name: string): string => `arn:aws:cloudwatch::${account}:dashboard/${name}`
