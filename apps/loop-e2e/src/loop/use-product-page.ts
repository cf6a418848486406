/**
 * Loaded before an app (`node --import`): what the app knows as its definitions are those of `product-page.ts`, as in an
 * installation that has written its own.
 */
import { registerHooks } from 'node:module';

const definitions = new URL('./product-page.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@hybridge/definitions' && context.parentURL !== definitions
      ? next(definitions, context)
      : next(specifier, context),
});
