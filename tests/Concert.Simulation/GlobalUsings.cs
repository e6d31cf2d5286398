global using Concert.Testing.Promises;
global using Concert.Testing.Promises.Documents;
