/** What an installing or starting stack tells about itself. */
import type { ComponentName } from './description.ts';

export type ProgressEvent =
  /** A part is being fetched: how far, in the part's own unit. `total` 0 means not known. */
  | {
      readonly kind: 'install-progress';
      readonly part: string;
      readonly done: number;
      readonly total: number;
      readonly unit: 'MB' | 'packages';
    }
  | { readonly kind: 'install-ready'; readonly part: string; readonly ms: number }
  | { readonly kind: 'component-starting'; readonly component: ComponentName; readonly title: string }
  | { readonly kind: 'component-ready'; readonly component: ComponentName; readonly title: string; readonly ms: number }
  | {
      readonly kind: 'component-stopped';
      readonly component: ComponentName;
      readonly title: string;
      readonly ms: number;
    }
  /** Something a person should know: a fallback taken, a stale lock taken over, leftovers ended. */
  | { readonly kind: 'notice'; readonly text: string };

export type OnProgress = (event: ProgressEvent) => void;
