/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const AWS_LIMITS = {
  keysOfUser: 2,
  groupsOfUser: 10,
  attachedPolicies: 10,
  policyVersions: 5,
  tags: 50,
  /** Characters of all inline policies together, without white space. */
  inlineCharacters: { user: 2048, group: 5120, role: 10_240 },
  managedCharacters: 6144,
  trustCharacters: 2048,
} as const
