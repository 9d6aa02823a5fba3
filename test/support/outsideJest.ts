import Module from 'node:module';

// What a program needs that runs nodes outside of jest; to be imported first.

// `./Singular.node` would be Singular.node.json, the codex beside the node: what is asked for
// without its extension is to be a source first, and JSON only then.
const loaders = (Module as unknown as { _extensions: Record<string, unknown> })._extensions;
const json = loaders['.json'];
delete loaders['.json'];
loaders['.json'] = json;

// n8n's own log
process.env.N8N_LOG_LEVEL ??= 'silent';
