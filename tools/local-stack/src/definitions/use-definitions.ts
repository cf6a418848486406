/**
 * Loaded before an app (`node --import`): what the app knows as its definitions are those of the module that
 * `HYBRIDGE_DEFINITIONS` names by its URL, as in an installation that has written its own.
 */
import { registerHooks } from 'node:module';

const definitions = process.env['HYBRIDGE_DEFINITIONS'] ?? '';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@hybridge/definitions' && context.parentURL !== definitions
      ? next(definitions, context)
      : next(specifier, context),
});
