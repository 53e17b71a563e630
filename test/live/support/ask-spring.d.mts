export function askAll(
  url: string,
  headers?: Readonly<Record<string, string>>,
): Promise<
  { readonly say: string; readonly status: number; readonly type: string | null; readonly body: unknown }[]
>;
