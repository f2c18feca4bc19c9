/** The cause that the trace shows of the console's own calls, so that they can be left out. */
export const CONSOLE_CAUSE = 'sandtable-console'
