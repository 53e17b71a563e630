/** Where an override applies: in every instance, in one, or in those with a label. */
export type OverrideScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'instance'; readonly name: string }
  | { readonly kind: 'label'; readonly name: string; readonly value: string };
