import { cannot, counted, found, notFound, number, table, type RunCheck } from '../check.js';

/** Below this share of its genes a pathway's name promises more than its token holds. */
const LEAST = 0.5;

/** A token is called by a pathway most of whose genes were not measured. */
export const pathwayCoverage: RunCheck = {
  id: 'pathway-coverage',
  mistake: 'Pathways have less than half of their genes in the table.',
  effect: 'The token is another set of genes than its name; attention to it says little of the pathway.',
  remedy:
    'Use a table of all measured genes, match aliases, and leave pathways out that have too few, by name.',
  judge({ genes, pathways }) {
    const [of] = genes.filter(({ reference }) => !reference).concat(genes);
    if (!of || pathways.length === 0) {
      const absent = [...(of ? [] : ['genes']), ...(pathways.length > 0 ? [] : ['pathways'])].join(' and ');
      return cannot(`no ${absent} are there`, 'put genes.csv and pathways.gmt there');
    }
    const measured = new Set(of.genes.map((gene) => gene.toUpperCase()));
    const coverage = pathways.flatMap(({ sets }) =>
      [...sets].map(([name, members]) => {
        const there = members.filter((gene) => measured.has(gene.toUpperCase())).length;
        return { name, there, all: members.length, share: there / members.length };
      }),
    );
    coverage.sort((a, b) => a.share - b.share);
    const poor = coverage.filter(({ share }) => share < LEAST);
    const evidence = table(
      `Genes of each pathway in ${of.file}`,
      ['pathway', 'genes', 'measured', 'share'],
      coverage.map(({ name, there, all, share }) => [name, all, there, share]),
    );
    if (poor.length === 0) {
      return notFound(
        `each of ${counted(coverage.length, 'pathway')} has at least half of its genes`,
        evidence,
      );
    }
    return found(
      `${poor.length} of ${counted(coverage.length, 'pathway')} have less than half of their genes; ${poor[0]!.name} has ${poor[0]!.there} of ${poor[0]!.all}`,
      evidence,
      number('Pathways without any gene', poor.filter(({ there }) => there === 0).length),
    );
  },
};
