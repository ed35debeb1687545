export { readJudgedRun } from './readJudgedRun.js';
export {
  JudgedRunError,
  type CaseRow,
  type CaseTable,
  type GeneTable,
  type JudgedRun,
  type Known,
  type LogRow,
  type Part,
  type PathwayTable,
  type RunSplit,
  type TrainingLog,
  type UnusedFile,
} from './judgedRun.js';
export { factOfFold, type FactName, type Facts, type Setting } from './facts.js';
export {
  caseKey,
  groupConcordance,
  judgedGroups,
  outcomesByCase,
  outcomeTables,
  riskTables,
  type JudgedGroup,
  type JudgedRow,
} from './judgedGroups.js';
