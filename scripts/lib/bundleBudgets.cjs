// Sizes that the bundles may have, checked by every production build: a bundle past its budget fails it.
// scripts/bundleBudgets.json: per program, bytes per file; `*` is for each file without a line of its own, `total` for all.

/** Native parts and texts are no bundles. */
const isBundle = (file) => file.endsWith('.js');

/**
 * @param {Readonly<Record<string, number>>} budgets bytes by file name, `*` and `total`
 * @param {Readonly<Record<string, number>>} sizes bytes by file name
 * @returns {string[]} one sentence per budget that is broken or says nothing; empty when all is well
 */
function overBudget(budgets, sizes) {
  const bundles = Object.entries(sizes).filter(([file]) => isBundle(file));
  const problems = [];
  const check = (what, size, budget) => {
    if (size > budget) problems.push(`${what} has ${size} bytes; its budget is ${budget} (${size - budget} too many).`);
  };
  for (const [file, size] of bundles) {
    const budget = Object.hasOwn(budgets, file) ? budgets[file] : budgets['*'];
    if (budget === undefined) problems.push(`${file} has no budget.`);
    else check(file, size, budget);
  }
  if (budgets.total !== undefined) check('All together', bundles.reduce((sum, [, size]) => sum + size, 0), budgets.total);
  for (const file of Object.keys(budgets)) {
    if (isBundle(file) && !Object.hasOwn(sizes, file)) problems.push(`${file} has a budget, but the build makes no such file.`);
  }
  return problems;
}

/** The check as a part of webpack: what is too big is not even written. */
class BundleBudgets {
  constructor(budgets) {
    this.budgets = budgets;
  }

  apply(compiler) {
    compiler.hooks.thisCompilation.tap('BundleBudgets', (compilation) => {
      const { Compilation, WebpackError } = compiler.webpack;
      compilation.hooks.processAssets.tap({ name: 'BundleBudgets', stage: Compilation.PROCESS_ASSETS_STAGE_REPORT }, (assets) => {
        const sizes = Object.fromEntries(Object.entries(assets).map(([file, source]) => [file, source.size()]));
        for (const problem of overBudget(this.budgets, sizes)) compilation.errors.push(new WebpackError(`Bundle budget: ${problem} Budgets: scripts/bundleBudgets.json`));
      });
    });
  }
}

module.exports = { BundleBudgets, overBudget };
