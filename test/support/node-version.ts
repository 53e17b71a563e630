import process from 'node:process';

/** The major version of the Node that runs the tests. */
export const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
