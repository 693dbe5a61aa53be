#pragma once
/// Reads gene sets in GMT form: one set a line, with its name, a note, and its genes, between tabs.

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/gene_set.hpp>
#include <tepui/io/text_file.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io {

/// in     a .gmt file, plain or gzip-compressed
/// out    the sets in the file's order; genes as written, a repeated gene once; empty lines are passed over
/// errors bad_data naming file and line: fewer than three fields, no name, no genes, a name that was there before, no UTF-8
/// cost   O(text log sets)                              source  the GMT form of GSEA and MSigDB
inline std::vector<gene_set> read_gmt(const std::string& path, const read_options& options = {}) {
  const std::string text = file_text(path, options);
  std::vector<gene_set> sets;
  std::set<std::string, std::less<>> names;
  lines_of lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (!is_utf8(line) || line.find('\0') != std::string_view::npos)
      refuse(path, lines.where(), "it is no text; name a GMT file");
    gene_set set;
    set.name = take_field(line, '\t');
    if (set.name.empty()) refuse(path, lines.where(), "the set has no name; each line is: name, note, genes, between tabs");
    (void)take_field(line, '\t');
    std::set<std::string_view> seen;
    while (!line.empty()) {
      std::string_view gene = take_field(line, '\t');
      gene = gene.substr(std::min(gene.find_first_not_of(' '), gene.size()));
      gene = gene.substr(0, gene.find_last_not_of(' ') + 1);
      if (!gene.empty() && seen.insert(gene).second) set.genes.emplace_back(gene);
    }
    if (set.genes.empty())
      refuse(path, lines.where(),
             "the set " + in_quotes(set.name) + " has no genes; each line is: name, note, genes, between tabs");
    if (!names.insert(set.name).second)
      refuse(path, lines.where(), "the set " + in_quotes(set.name) + " was there before; give every set its own name");
    sets.push_back(std::move(set));
  }
  if (sets.empty()) refuse(path, "", "it holds no gene set; each line is: name, note, genes, between tabs");
  return sets;
}

}  // namespace tepui::io
