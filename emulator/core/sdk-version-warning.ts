// On a Node.js version that the AWS SDK supports only for some time, each process that makes a client prints six lines about it. They
// are for whoever keeps the dependencies up to date, not for the output of each test. This is the SDK's own switch
// (https://a.co/c895JFp); it is read when a client is made. `false` in the environment shows the warning.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
