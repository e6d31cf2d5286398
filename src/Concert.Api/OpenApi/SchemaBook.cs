using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Concert.Api.Json;

namespace Concert.Api.OpenApi;

/// <summary>The document's schemas: one component for each object type, made from the types that are really serialized.</summary>
internal sealed class SchemaBook
{
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);

    public JsonObject Components() => [.. _schemas.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value.DeepClone()))];

    /// <summary>The schema of a type: a reference for an object, or in place for a list.</summary>
    public JsonNode Of(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return Export(type);
        }

        var name = NameOf(type.Type);
        if (!_schemas.ContainsKey(name))
        {
            _schemas[name] = new JsonObject(); // Taken before it is filled, in case the type holds itself.
            _schemas[name] = Export(type);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonNode Export(JsonTypeInfo type) => type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Transform(context, schema, isRoot: context.Path.IsEmpty),
    });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema, bool isRoot)
    {
        if (!isRoot && context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            return Of(context.TypeInfo);
        }

        if (schema is not JsonObject node)
        {
            // JsonElement: anything, which only the seats of a section are.
            node = [];
        }

        if (node["type"] is JsonArray types)
        {
            // Optional properties are left out, never written as null.
            node["type"] = types.First(t => t!.GetValue<string>() != "null")!.DeepClone();
        }

        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            node["type"] = "string";
            node["format"] = "date-time";
        }

        if (type == typeof(long))
        {
            node["format"] = "int64";
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            AddRequired(context.TypeInfo, node);
            SchemaLimits.Apply(context.TypeInfo.Type, node);
        }

        if (context.PropertyInfo is { } property)
        {
            SchemaLimits.Apply(property.DeclaringType, property.Name, node, this);
        }

        return node;
    }

    // What cannot be null is always there; requests are all nullable, and say in SchemaLimits what they need.
    // The exporter's own list has every parameter of a constructor, which is about reading in .NET and not about the contract.
    private static void AddRequired(JsonTypeInfo type, JsonObject node)
    {
        node.Remove("required");
        var required = type.Properties.Where(p =>
            !p.IsGetNullable && Nullable.GetUnderlyingType(p.PropertyType) is null && p.PropertyType != typeof(JsonElement));
        JsonArray names = [.. required.Select(p => (JsonNode)p.Name)];
        if (names.Count > 0)
        {
            node["required"] = names;
        }
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? string.Concat(type.GetGenericArguments().Select(NameOf)) + "Page"
        : type == typeof(Responses.ProblemBody) ? "Problem" : type.Name;
}
