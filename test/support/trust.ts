import tls from 'node:tls';

import { makeCertificate, type Certificate } from '../../bench/receiver/certificate';

let made: Promise<Certificate> | undefined;

/** A certificate for this machine, which this process trusts. */
export function trustedCertificate(): Promise<Certificate> {
	made ??= makeCertificate().then((certificate) => {
		// not beside one that an earlier file of tests has left, which has the same name
		tls.setDefaultCACertificates([...tls.getCACertificates('bundled'), certificate.cert]);
		return certificate;
	});
	return made;
}
