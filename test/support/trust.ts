import tls from 'node:tls';

import { makeCertificate, type Certificate } from '../../bench/receiver/certificate';

/** A certificate for this machine, which this process trusts from then on. */
export async function makeTrusted(): Promise<Certificate> {
	const made = await makeCertificate();
	tls.setDefaultCACertificates([...tls.getCACertificates('default'), made.cert]);
	return made;
}
