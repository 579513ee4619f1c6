// The shapes of signs of music as lines, in units of the space between two lines of a staff: x to the right, y up, from the
// place where a sign stands. A number behind a line is its half width.

/** A bent line, and half its width. */
export type Bent = readonly [points: readonly (readonly [x: number, y: number])[], radius: number];

/** A sign: its lines, and how wide it is. */
export interface Shape {
  readonly lines: readonly Bent[];
  readonly width: number;
}

const shape = (width: number, ...lines: Bent[]): Shape => ({ lines, width });

/** Points on an arc of a circle or ellipse, angles in quarters of a turn from the right, upwards. */
const arc = (
  x: number,
  y: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
): (readonly [number, number])[] =>
  Array.from({ length: 9 }, (_, at) => {
    const angle = ((from + ((to - from) * at) / 8) * Math.PI) / 2;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });

const dot = (x: number, y: number): Bent => [[[x, y]], 0.2];

/** Signs by what agnostic tokens call them, without their place. */
export const shapes: Readonly<Record<string, Shape>> = {
  "clef.G": shape(
    2.6,
    [
      [
        [0.9, -2.2],
        [1.5, -2.3],
        [1.6, -1.8],
        [1.3, 2.2],
        [1.4, 3.6],
        [1.8, 4.2],
        [2.0, 3.6],
        [1.6, 2.6],
        [0.8, 1.6],
        [0.3, 0.6],
        [0.6, -0.4],
        [1.4, -0.9],
      ],
      0.14,
    ],
    [arc(1.4, 0, 0.95, 0.9, -1, 2.6), 0.17],
    dot(0.9, -1.9),
  ),
  "clef.F": shape(
    2.6,
    [arc(0.9, 0, 1.0, 1.0, 2, -0.2), 0.2],
    [
      [
        [1.9, -0.2],
        [1.5, -1.4],
        [0.3, -2.6],
      ],
      0.16,
    ],
    dot(0.15, 0),
    dot(2.4, 0.5),
    dot(2.4, -0.5),
  ),
  "clef.C": shape(
    2.6,
    [
      [
        [0.2, -2],
        [0.2, 2],
      ],
      0.28,
    ],
    [
      [
        [0.8, -2],
        [0.8, 2],
      ],
      0.1,
    ],
    [arc(1.3, 1.1, 0.7, 0.8, 1.8, -1.2), 0.16],
    [arc(1.3, -1.1, 0.7, 0.8, -1.8, 1.2), 0.16],
  ),
  "accidental.sharp": shape(
    1.1,
    [
      [
        [0.35, -1.3],
        [0.35, 1.2],
      ],
      0.07,
    ],
    [
      [
        [0.75, -1.2],
        [0.75, 1.3],
      ],
      0.07,
    ],
    [
      [
        [0.05, 0.25],
        [1.05, 0.6],
      ],
      0.15,
    ],
    [
      [
        [0.05, -0.6],
        [1.05, -0.25],
      ],
      0.15,
    ],
  ),
  "accidental.flat": shape(
    0.9,
    [
      [
        [0.1, -0.6],
        [0.1, 1.9],
      ],
      0.07,
    ],
    [
      [
        [0.1, 0.3],
        [0.5, 0.6],
        [0.8, 0.3],
        [0.6, -0.1],
        [0.1, -0.6],
      ],
      0.12,
    ],
  ),
  "accidental.natural": shape(
    0.9,
    [
      [
        [0.15, -0.6],
        [0.15, 1.5],
      ],
      0.07,
    ],
    [
      [
        [0.75, -1.5],
        [0.75, 0.6],
      ],
      0.07,
    ],
    [
      [
        [0.15, 0.4],
        [0.75, 0.6],
      ],
      0.14,
    ],
    [
      [
        [0.15, -0.6],
        [0.75, -0.4],
      ],
      0.14,
    ],
  ),
  "digit.2": shape(
    1.5,
    [arc(0.75, 0.4, 0.5, 0.5, 2, 0), 0.16],
    [
      [
        [1.25, 0.4],
        [0.9, -0.2],
        [0.2, -0.85],
        [1.35, -0.85],
      ],
      0.16,
    ],
  ),
  "digit.3": shape(
    1.5,
    [arc(0.7, 0.45, 0.45, 0.42, 2, -1), 0.16],
    [arc(0.7, -0.45, 0.52, 0.45, 1, -2), 0.16],
  ),
  "digit.4": shape(
    1.5,
    [
      [
        [0.75, 0.9],
        [0.1, -0.3],
        [1.4, -0.3],
      ],
      0.14,
    ],
    [
      [
        [1.0, 0.3],
        [1.0, -0.9],
      ],
      0.16,
    ],
  ),
  "digit.6": shape(
    1.5,
    [
      [
        [1.2, 0.75],
        [0.7, 0.85],
        [0.3, 0.2],
        [0.25, -0.4],
      ],
      0.15,
    ],
    [arc(0.72, -0.4, 0.48, 0.45, 0, 4), 0.14],
  ),
  "digit.8": shape(
    1.5,
    [arc(0.72, 0.45, 0.4, 0.4, 0, 4), 0.14],
    [arc(0.72, -0.42, 0.5, 0.45, 0, 4), 0.14],
  ),
  "rest.whole": shape(1.4, [
    [
      [0.3, 0.75],
      [1.1, 0.75],
    ],
    0.25,
  ]),
  "rest.half": shape(1.4, [
    [
      [0.3, 0.25],
      [1.1, 0.25],
    ],
    0.25,
  ]),
  "rest.quarter": shape(1.1, [
    [
      [0.3, 1.4],
      [0.8, 0.7],
      [0.35, 0.2],
      [0.8, -0.5],
      [0.35, -0.4],
      [0.45, -1.1],
    ],
    0.16,
  ]),
  "rest.eighth": shape(1.2, dot(0.3, 0.5), [
    [
      [0.3, 0.35],
      [0.9, 0.5],
      [0.5, -1],
    ],
    0.1,
  ]),
  "rest.sixteenth": shape(
    1.4,
    dot(0.45, 0.5),
    dot(0.25, -0.5),
    [
      [
        [0.45, 0.35],
        [1.1, 0.5],
        [0.5, -2],
      ],
      0.1,
    ],
    [
      [
        [0.25, -0.65],
        [0.85, -0.5],
      ],
      0.1,
    ],
  ),
  dot: shape(0.6, [[[0.3, 0]], 0.22]),
  barline: shape(0.4, [
    [
      [0.2, 0],
      [0.2, 4],
    ],
    0.08,
  ]),
};

/** A flag at the end of a stem that points up. */
export const FLAG: Bent = [
  [
    [0, 0],
    [0.55, -0.8],
    [0.7, -1.5],
    [0.45, -2.2],
  ],
  0.12,
];
