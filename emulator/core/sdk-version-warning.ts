// Once the AWS SDK is about to drop a version of Node.js, each process that makes a client prints six lines about it. That is
// useful to those who maintain dependencies, not in the output of each test. This is the SDK's own switch
// (https://a.co/c895JFp); it is read when a client is made. `false` in the environment shows the warning.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
