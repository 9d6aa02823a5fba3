import { generate } from 'selfsigned';

/** A key and a certificate for this machine, made for one run of the benchmark. */
export interface Certificate {
	key: string;
	cert: string;
}

/** Makes a certificate for 127.0.0.1 that clients trust once it is given to them. */
export async function makeCertificate(): Promise<Certificate> {
	const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
		// the cheapest handshake: contenders that open a connection per request pay the least for it
		keyType: 'ec',
		curve: 'P-256',
		algorithm: 'sha256',
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'keyUsage', digitalSignature: true, keyCertSign: true },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: [
					{ type: 2, value: 'localhost' },
					// for tests, which look it up themselves
					{ type: 2, value: '*.clicks.example' },
					{ type: 7, ip: '127.0.0.1' },
				],
			},
		],
	});
	return { key: made.private, cert: made.cert };
}
