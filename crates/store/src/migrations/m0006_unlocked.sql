-- On PostgreSQL a reference locks the row that it points to, and writes that it did. Every cart, order and ticket of a sale
-- pointed to the same two rows, of which everybody's lock was another version: a tenth of what an order costs. Neither
-- performances nor organisations are ever deleted, and who writes an order or tickets has read them. Nor are places of an
-- order, which the projector writes before their tickets. SQLite locks nothing, so there the references stay.

{postgres} ALTER TABLE carts DROP CONSTRAINT carts_performance_id_fkey;
{postgres} ALTER TABLE orders DROP CONSTRAINT orders_performance_id_fkey;
{postgres} ALTER TABLE orders DROP CONSTRAINT orders_organisation_id_fkey;
{postgres} ALTER TABLE tickets DROP CONSTRAINT tickets_performance_id_fkey;
{postgres} ALTER TABLE tickets DROP CONSTRAINT tickets_order_id_idx_fkey;

-- An order is updated when it is sold, and no index knows what changes then: with room for it on its page, none is touched.
{postgres} ALTER TABLE orders SET (fillfactor = 75);
{postgres} ALTER TABLE test_bank_payments SET (fillfactor = 50);
