using System.Text.Json;
using ChaosBench.Server.Guardrails;

namespace ChaosBench.Tests.Server.Guardrails;

public class JsonSchemaTests
{
    [Theory]
    [InlineData("true", "1", null)]
    [InlineData("false", "1", "#")]
    [InlineData("""{"type": "integer"}""", "1.0", null)]
    [InlineData("""{"type": "integer"}""", "1.5", "#/type")]
    [InlineData("""{"type": ["string", "null"]}""", "null", null)]
    [InlineData("""{"type": "boolean"}""", "0", "#/type")]
    [InlineData("""{"const": {"a": [1]}}""", """{"a": [1.0]}""", null)]
    [InlineData("""{"enum": ["a", 2]}""", "3", "#/enum")]
    [InlineData("""{"properties": {"a": {"minimum": 3}}}""", """{"a": 2}""", "#/properties/a/minimum")]
    [InlineData("""{"properties": {"a": {"minimum": 3}}}""", "[]", null)]
    [InlineData("""{"required": ["a"]}""", """{"b": 1}""", "#/required")]
    [InlineData("""{"properties": {"a": true}, "additionalProperties": false}""", """{"a": 1, "b": 1}""", "#/additionalProperties")]
    [InlineData("""{"additionalProperties": {"type": "string"}}""", """{"b": 1}""", "#/additionalProperties/type")]
    [InlineData("""{"items": {"maximum": 3}, "maxItems": 2}""", "[1, 4]", "#/items/maximum")]
    [InlineData("""{"maxItems": 2}""", "[1, 2, 3]", "#/maxItems")]
    [InlineData("""{"maxLength": 1}""", "\"\ud83d\ude00\"", null)]
    [InlineData("""{"minLength": 2}""", "\"a\"", "#/minLength")]
    [InlineData("""{"pattern": "^a+$"}""", "\"aab\"", "#/pattern")]
    [InlineData("""{"pattern": "^(a+)+$"}""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", "#/pattern")]
    [InlineData("""{"$schema": "x", "title": "t", "description": "d"}""", "1", null)]
    public void Violation_NamesThePlaceInTheSchema(string schema, string value, string? place)
    {
        using var document = JsonDocument.Parse(value);

        Assert.Equal(place, JsonSchema.Parse(schema).Violation(document.RootElement));
    }

    [Theory]
    [InlineData("""{"minimun": 3}""", "#/minimun: the keyword 'minimun' is not supported")]
    [InlineData("""{"properties": {"a": {"$ref": "#"}}}""", "#/properties/a/$ref: the keyword '$ref' is not supported")]
    [InlineData("""{"type": "text"}""", "#/type: not one or several of object, array")]
    [InlineData("""{"pattern": "(a)\\1"}""", "#/pattern: not a pattern, or one that needs backtracking")]
    [InlineData("""{"maxItems": "3"}""", "#/maxItems: not a number")]
    [InlineData("""{"required": "a"}""", "#/required: not a list of names")]
    [InlineData("[]", "#: a schema is an object, true or false")]
    [InlineData("{", "the schema is not JSON")]
    public void Parse_WhatIsNotSupported_SaysWhereAndWhat(string schema, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<FormatException>(() => JsonSchema.Parse(schema)).Message, StringComparison.Ordinal);
}
