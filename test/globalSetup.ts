import { buildPackageIfStale } from '../scripts/package/build';

/** Once, before all test files: the tests of the package and of n8n run what is built. */
export default async function globalSetup(): Promise<void> {
	await buildPackageIfStale();
}
