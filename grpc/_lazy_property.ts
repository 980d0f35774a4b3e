/** Where an object keeps what its lazy properties are read from. */
export const SOURCE = Symbol("source");

/**
 * Describes a property that is read from an object's source when somebody asks for it. It is
 * the object's own, so that a spread copies its value, but its getter is made once for all
 * objects: the getters of a literal are made with each object, and cost a microsecond or two.
 */
export function lazyProperty<S>(read: (source: S) => unknown): PropertyDescriptor {
  return {
    get(this: { readonly [SOURCE]: S }) {
      return read(this[SOURCE]);
    },
    enumerable: true,
    configurable: true,
  };
}
