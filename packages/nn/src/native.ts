import * as tf from '@tensorflow/tfjs-core';

/** An attribute of a raw TensorFlow operation, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

interface Binding {
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
}

interface NativeBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** Whether the native backend computes on a GPU. */
export function isOnGpu(): boolean {
  return native().isUsingGpuDevice;
}

/** Attribute makers for raw operations; types are the binding's enum values. */
export const attribute = {
  bool: (name: string, value: boolean): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_BOOL,
    value,
  }),
  float: (name: string, value: number): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_FLOAT,
    value,
  }),
  int: (name: string, value: number): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_INT,
    value,
  }),
  text: (name: string, value: string): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_STRING,
    value,
  }),
  shape: (name: string, value: readonly number[]): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_SHAPE,
    value,
  }),
  float32: (name = 'T'): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_TYPE,
    value: native().binding.TF_FLOAT,
  }),
  int32: (name: string): OpAttribute => ({
    name,
    type: native().binding.TF_ATTR_TYPE,
    value: native().binding.TF_INT32,
  }),
};

/** Execute one raw TensorFlow operation that has one output. Native backend only. */
export function rawOp(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor {
  return native().executeSingleOutput(name, attributes, inputs);
}

/** Execute one raw TensorFlow operation that has several outputs. Native backend only. */
export function rawOps(
  name: string,
  attributes: OpAttribute[],
  inputs: tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  return native().executeMultipleOutputs(name, attributes, inputs, outputs);
}

/** Execute one raw TensorFlow operation without outputs. Native backend only. */
export function rawEffect(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): void {
  native().executeMultipleOutputs(name, attributes, inputs, 0);
}
