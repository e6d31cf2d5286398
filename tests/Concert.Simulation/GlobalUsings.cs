global using Concert.Testing.Promises;
global using Concert.Testing.Promises.Documents;
global using Change = Concert.Testing.Fakes.DocumentChange;
