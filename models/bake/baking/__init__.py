"""The steps of `npm run bake`, each a module: fetch, export, wrap, optimise, precision, check, card, place."""
