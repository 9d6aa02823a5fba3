/** Where the sandbox listens if nothing else is asked for: the credentials' default Sandbox URL has it. */
export const DEFAULT_PORT = 4010;
