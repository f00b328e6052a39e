// Elements: found by id, and made.

export const $ = (id) => document.getElementById(id);

/** A new element with properties and children. */
export const node = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
