-- What the door of a waiting room asks for: a code, some work.
ALTER TABLE rooms ADD COLUMN rules {json};
