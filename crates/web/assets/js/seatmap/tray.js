// What is chosen: seats with their ticket types, the total, and the form that holds them.

import { moneyFormat } from '../shop.js';

export class Tray {
  // `chosen` maps a seat to its ticket type.
  constructor(form, { geometry, data, chosen, text, nameOf, onRemove }) {
    Object.assign(this, { form, geometry, data, chosen, text, nameOf, onRemove });
    this.money = moneyFormat(data.currency);
    this.list = element('ul', 'tray-items');
    this.message = element('div', 'tray-message');
    this.message.setAttribute('role', 'alert');
    this.total = element('b');
    const foot = element('div', 'tray-foot');
    this.button = element('button', 'button primary');
    this.button.textContent = text('hold-seats');
    foot.append(this.total, this.button);
    const title = element('h3', 'hidden');
    title.textContent = text('tray');
    form.append(title, this.message, this.list, foot);
  }

  prices(seat) {
    return this.data.prices[this.geometry.category[seat]] ?? [];
  }

  // Says something above the list, with buttons to act on it.
  say(message, actions = []) {
    this.message.replaceChildren();
    if (message) {
      const line = element('p');
      line.textContent = message;
      this.message.append(line);
      for (const [label, act] of actions) {
        const button = element('button', 'button small');
        button.type = 'button';
        button.textContent = label;
        button.addEventListener('click', act);
        this.message.append(button);
      }
    }
    this.show();
  }

  show() {
    this.list.replaceChildren(...[...this.chosen].map(([seat, type]) => this.#item(seat, type)));
    const minor = [...this.chosen].reduce((sum, [seat, type]) => sum + this.#price(seat, type), 0);
    this.total.textContent =
      this.text('total', { count: this.chosen.size, total: this.money(minor) });
    this.button.disabled = this.chosen.size === 0;
    this.form.hidden = this.chosen.size === 0 && this.message.childElementCount === 0;
  }

  #price(seat, type) {
    return this.prices(seat).find(([id]) => id === type)?.[1] ?? 0;
  }

  #item(seat, chosenType) {
    const item = element('li');
    const where = element('div', 'item-what');
    const name = element('b');
    name.textContent = this.nameOf(seat);
    const category = element('span', 'quiet');
    category.textContent = this.geometry.categories[this.geometry.category[seat]].name;
    where.append(name, ' ', category);

    const select = element('select');
    select.name = `seat.${seat}`;
    select.setAttribute('aria-label', `${this.text('ticket-type')}: ${name.textContent}`);
    for (const [type, minor] of this.prices(seat)) {
      const option = element('option');
      option.value = type;
      option.textContent = `${this.data.types[type]} · ${this.money(minor)}`;
      option.selected = type === chosenType;
      select.append(option);
    }
    select.addEventListener('change', () => {
      this.chosen.set(seat, Number(select.value));
      this.show();
      this.form.elements[`seat.${seat}`]?.focus();
    });

    const remove = element('button', 'icon-button');
    remove.type = 'button';
    remove.textContent = '×';
    remove.setAttribute('aria-label', `${this.text('remove')}: ${name.textContent}`);
    remove.addEventListener('click', () => this.onRemove(seat));
    item.append(where, select, remove);
    return item;
  }
}

export function element(name, className = '') {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
