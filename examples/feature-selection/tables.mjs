// The tables, chosen for their sizes: UCI tables of the AAPSO authors that have features of several kinds and at most 1,000
// samples, and the smallest of their gene expressions with four classes, which takes as long as all the others. Their last
// column is the class.

export const tables = [
  "UCIcsv/Wine.csv.gz",
  "UCIcsv/Zoo.csv.gz",
  "UCIcsv/HeartEW.csv.gz",
  "UCIcsv/Lymphography.csv.gz",
  "UCIcsv/PenglungEW.csv.gz",
  "UCIcsv/Sonar.csv.gz",
  "UCIcsv/Ionosphere.csv.gz",
  "UCIcsv/BreastEW.csv.gz",
  "UCIcsv/SpectEW.csv.gz",
  "UCIcsv/M-of-n.csv.gz",
  "MicroarrayCsv/SRBCTGENE.csv.gz",
];

/** Searches with equal budgets, two that need less, and what all are measured against. */
export const methods = ["aapso", "bpso", "random", "rfe", "mi", "none"];
