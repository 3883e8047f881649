// The waiting room's script.
