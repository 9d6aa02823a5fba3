/**
 * The lines of a table as Markdown writes it, which is one wherever it is pasted: n8n's error details
 * are too narrow for columns under each other, and take away the blanks that would make them.
 */
export function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string[] {
	return [head, head.map(() => '---'), ...rows].map(
		(cells) => `| ${cells.map(escapeCell).join(' | ')} |`,
	);
}

function escapeCell(text: string): string {
	return text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
}
