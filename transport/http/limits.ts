/** Most connections to a host, by either protocol: each of HTTP/1.1 carries one request at a time. */
export const MAX_CONNECTIONS = 100;
