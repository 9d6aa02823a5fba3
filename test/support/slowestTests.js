/** A reporter beside jest's own: prints the slowest tests, so that a slow one is seen when it comes. */
const SHOWN = 10;

module.exports = class SlowestTests {
	onRunComplete(_contexts, { testResults }) {
		const tests = testResults.flatMap((file) =>
			file.testResults.map(({ fullName, duration }) => ({
				name: `${fullName} (${file.testFilePath.split(/[\\/]test[\\/]/).at(-1)})`,
				seconds: (duration ?? 0) / 1000,
			})),
		);
		if (tests.length <= SHOWN) return;
		const slowest = tests.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
		const lines = slowest.map(
			({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`,
		);
		process.stderr.write(`\nThe ${SHOWN} slowest tests:\n${lines.join('\n')}\n`);
	}
};
