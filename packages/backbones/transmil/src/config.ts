import { encoderShapes, transLayerAttention, type EncoderOptions, type NystromOptions } from '@concord/nn';

/** What fixes TransMIL's shapes. */
export interface TransMilConfig {
  /** Width of a patch's feature vector: 1024 as published. */
  readonly patchWidth: number;
  /** Width of a token: 512 as published; divisible by 8. */
  readonly width: number;
  /** Time bins, in the place of the published classes. */
  readonly bins: number;
  /**
   * Which rows its attention gives back. TransMIL pins nystrom-attention 0.0.9, which gave the `first` ones, so
   * that the class token was given the output of a filling row; every later version gives the `last` ones.
   */
  readonly keep: NystromOptions['keep'];
}

/** The encoder that this configuration asks for. */
export function encoderOptions({ width, keep }: TransMilConfig): EncoderOptions {
  return { attention: transLayerAttention(width, keep), square: true };
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: TransMilConfig): Record<string, readonly number[]> {
  const { patchWidth, width, bins } = config;
  if (width % 8 !== 0) throw new RangeError(`transmil: width ${width} is not divisible by 8`);
  return {
    '_fc1.0.weight': [width, patchWidth],
    '_fc1.0.bias': [width],
    ...encoderShapes('', encoderOptions(config)),
    '_fc2.weight': [bins, width],
    '_fc2.bias': [bins],
  };
}
