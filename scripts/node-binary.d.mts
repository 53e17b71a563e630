/** Why there are no binaries of other versions here; `undefined` where there are. */
export declare function whyNoBinaries(): string | undefined;

/** The path of a Node binary of that version, fetched unless it is there already. */
export declare function nodeBinary(version: string): string;
