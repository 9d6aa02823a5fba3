// To be imported before what uses sandboxes: they then speak HTTP/2 over TLS, in this file of tests.
process.env.SANDBOX_TLS = 'yes';

// a handshake takes a machine its time that does other things beside
jest.setTimeout(30_000);
