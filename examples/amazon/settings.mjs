// What both ways to learn share, and in what they differ.

/** Of every chip one is true. */
export const WEATHER = ["clear", "partly_cloudy", "cloudy", "haze"];

/** What is chosen by F2 at 0.5 would be chosen by a rule that is replaced later: average precision needs none. */
export const settings = {
  ...{ size: 32, channels: 4, range: "train", model: "resnet20" },
  ...{ epochs: 12, augment: "crop,flip", score: "map", threads: 1 },
};

export const ways = { plain: {}, structured: { oneOf: WEATHER.join() } };

export const seeds = [1, 2, 3];
