// The simulated store's documents are those of the fakes.
global using Change = Concert.Testing.Fakes.DocumentChange;
global using SimDocument = Concert.Testing.Fakes.MemoryDocument;
global using SimPartition = Concert.Testing.Fakes.MemoryPartition;
