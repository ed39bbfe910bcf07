export async function play(_model: string | undefined, _options: object): Promise<void> {}
