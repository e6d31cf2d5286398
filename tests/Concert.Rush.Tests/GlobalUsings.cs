global using Concert.Testing.Promises;
