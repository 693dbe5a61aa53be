#pragma once
/// Reads what models keep beside their weights: the ids of genes, their usual levels, where they lie, and which
/// regulates which.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tepui/flow/gene_network.hpp>
#include <tepui/flow/vocabulary.hpp>
#include <tepui/io/flat_json.hpp>
#include <tepui/io/text_file.hpp>
#include <tepui/io/text_table.hpp>

namespace tepui::io {

/// Whether a text is JSON rather than a table: the first mark that is no blank opens an object or a list.
[[nodiscard]] inline bool looks_like_json(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && (text[at] == '{' || text[at] == '[');
}

/// The number in a field.            errors bad_data naming file, line and column
[[nodiscard]] inline double number_in(std::string_view field, const std::string& path, std::int64_t line,
                                      const std::string& column) {
  double v = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), v);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(v))
    refuse(path, "line " + std::to_string(line),
           "the column " + in_quotes(column) + " holds " + in_quotes(field) + " where a number is wanted");
  return v;
}

/// Names with a number each, from JSON or from a table; a name twice is refused, because one of its numbers must be wrong.
/// in     what the file should hold, for messages; the columns of a table, where it has more than two
inline std::vector<named_number> read_named_numbers(const std::string& path,
                                                    std::initializer_list<std::string_view> name_columns,
                                                    std::initializer_list<std::string_view> number_columns,
                                                    const std::string& wanted, const read_options& options) {
  const std::string text = file_text(path, options);
  std::vector<named_number> out;
  if (looks_like_json(text)) {
    out = flat_json::entries(text, path);
  } else {
    const text_table table = read_text_table(text, path);
    int name = table.find(name_columns), number = table.find(number_columns);
    if (table.column.size() == 2) {
      if (number < 0) number = name == 1 ? 0 : 1;
      if (name < 0) name = 1 - number;
    }
    if (name < 0 || number < 0)
      refuse(path, "line 1", "its columns do not tell which are names and which numbers; " + wanted);
    for (std::size_t r = 0; r < table.field.size(); ++r) {
      const double v = number_in(table.field[r][usize(number)], path, table.line[r], table.column[usize(number)]);
      out.push_back({table.field[r][usize(name)], v, v == std::floor(v)});
    }
  }
  if (out.empty()) refuse(path, "", "it holds no entry; " + wanted);
  std::unordered_set<std::string_view> seen;
  for (const named_number& entry : out)
    if (!seen.insert(entry.name).second)
      refuse(path, "entry " + in_quotes(entry.name), "the name stands there twice; keep one of them");
  return out;
}

/// in     {"gene": id, ...}, or a table with columns such as gene_name and index; plain or gzip
/// out    the words in the file's order
/// errors bad_data naming file and entry: no whole number from 0, a name or an id twice
inline vocabulary read_vocabulary(const std::string& path, const read_options& options = {}) {
  const std::string wanted = "give {\"gene\": id, ...} or a table with the columns gene_name and index";
  vocabulary out;
  out.source = in_quotes(path);
  std::unordered_set<std::int32_t> seen;
  for (named_number& entry :
       read_named_numbers(path, {"gene_name", "gene", "token", "gene_symbol", "symbol", "ensembl_id", "name"},
                          {"index", "idx", "id", "token_id"}, wanted, options)) {
    if (!entry.is_whole || entry.value < 0 || entry.value > std::numeric_limits<std::int32_t>::max() - 1)
      refuse(path, "entry " + in_quotes(entry.name),
             "it has the id " + shortest(entry.value) + ", and ids are whole numbers from 0; " + wanted);
    const auto id = static_cast<std::int32_t>(entry.value);
    if (!seen.insert(id).second)
      refuse(path, "entry " + in_quotes(entry.name),
             "the id " + std::to_string(id) + " was given before; give every word its own");
    out.name.push_back(std::move(entry.name));
    out.id.push_back(id);
  }
  return out;
}

/// in     {"gene": number, ...}, or a table with columns such as gene and median; plain or gzip
/// errors bad_data naming file and entry: a number that is not finite, a name twice
inline gene_numbers read_gene_numbers(const std::string& path, const read_options& options = {}) {
  gene_numbers out;
  out.source = in_quotes(path);
  for (named_number& entry :
       read_named_numbers(path, {"ensembl_id", "gene", "gene_id", "gene_name", "gene_symbol", "symbol", "name"},
                          {"median", "mean", "value", "level"},
                          "give {\"gene\": number, ...} or a table with the columns gene and median", options)) {
    out.name.push_back(std::move(entry.name));
    out.value.push_back(entry.value);
  }
  return out;
}

/// in     a table with the columns chromosome, start, and gene_symbol (or gene_name) or ensembl_id or both; where it has
///        species, the chromosome is "species_chromosome", and only genes of `species` get a name (all where it is empty)
/// out    a row for each name of a gene. Chromosomes of other species stay, because models number all of them
/// errors bad_data naming file and line: a column is missing, a start is no number, no gene of `species`
inline gene_positions read_gene_positions(const std::string& path, const std::string& species = "",
                                          const read_options& options = {}) {
  const text_table table = read_text_table(file_text(path, options), path);
  const int chromosome = table.find({"chromosome", "chrom", "chr"}), start = table.find({"start"}),
            kind = table.find({"species"});
  const int id = table.find({"ensembl_id", "gene_id"}), symbol = table.find({"gene_symbol", "gene_name", "symbol", "gene"});
  if (chromosome < 0 || start < 0 || (id < 0 && symbol < 0))
    refuse(path, "line 1", "it lacks a column; give a table with chromosome, start, and gene_symbol or ensembl_id");
  gene_positions out;
  out.source = in_quotes(path);
  std::set<std::string> all_species;
  const auto add = [&](const std::string& name, const std::string& on, double at) {
    out.name.push_back(name);
    out.chromosome.push_back(on);
    out.start.push_back(at);
  };
  for (std::size_t r = 0; r < table.field.size(); ++r) {
    const auto& row = table.field[r];
    const double at = number_in(row[usize(start)], path, table.line[r], table.column[usize(start)]);
    const std::string on = (kind < 0 ? "" : row[usize(kind)] + "_") + row[usize(chromosome)];
    if (kind >= 0) all_species.insert(row[usize(kind)]);
    const bool named = kind < 0 || species.empty() || row[usize(kind)] == species;
    if (id >= 0) add(named ? row[usize(id)] : "", on, at);
    if (symbol >= 0) add(named ? row[usize(symbol)] : "", on, at);
  }
  if (!species.empty() && !all_species.contains(species))
    refuse(path, "", "it has no genes of the species " + in_quotes(species) + "; name one that its column species holds");
  return out;
}

/// in     a table; regulator and target are its columns tf and target, or from and to, or regulator.values and
///        target.values, or else its first two; plain or gzip
/// errors bad_data naming file and line: fewer than two columns, a row without a name
inline gene_network read_gene_network(const std::string& path, const read_options& options = {}) {
  const text_table table = read_text_table(file_text(path, options), path);
  int from = table.find({"tf", "from", "source", "regulator", "regulator.values"}),
      to = table.find({"target", "to", "target.values"});
  if (from < 0 || to < 0) from = 0, to = 1;
  if (table.column.size() < 2)
    refuse(path, "line 1", "it has one column; give a table whose first two columns are regulator and target");
  gene_network out;
  out.source = in_quotes(path);
  for (std::size_t r = 0; r < table.field.size(); ++r) {
    const std::string &a = table.field[r][usize(from)], &b = table.field[r][usize(to)];
    if (a.empty() || b.empty())
      refuse(path, "line " + std::to_string(table.line[r]), "an edge lacks a gene; name regulator and target");
    out.from.push_back(a);
    out.to.push_back(b);
  }
  return out;
}

}  // namespace tepui::io
