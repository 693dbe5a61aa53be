#pragma once
/// Reads what kinds of cells there are, and which are kinds of which: ontologies in OBO form, and tables of labels.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/ontology.hpp>
#include <tepui/io/text_file.hpp>
#include <tepui/io/text_table.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io {

/// What leads from a term to those above it.
enum class follow {
  is_a,          ///< what it is a kind of
  relationships  ///< also what it is a part of, develops from, and so on, as SCimilarity follows them
};

namespace obo {

/// Where a mark stands that no backslash goes before, or the end of the text.
inline std::size_t find_bare(std::string_view text, char mark) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == mark)
      return i;
    else if (text[i] == '\\')
      ++i;
  return text.size();
}
/// The text with the escapes of OBO undone.
inline std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'n' || c == 't' || c == 'W' ? ' ' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}
/// A value without what follows it: a comment behind '!', qualifiers between braces, blanks.
inline std::string plain_value(std::string_view value) {
  const auto trim = [&] { value = value.substr(0, value.find_last_not_of(" \t") + 1); };
  value = value.substr(0, find_bare(value, '!'));
  trim();
  if (value.ends_with('}') && !value.ends_with("\\}")) value = value.substr(0, find_bare(value, '{'));
  trim();
  return unescaped(value);
}
/// The text between the first two quotes of a value, and the word behind it: "T-cell" EXACT [].
inline std::pair<std::string, std::string> quoted_value(std::string_view value) {
  const std::size_t open = value.find('"');
  if (open == std::string_view::npos) return {};
  value.remove_prefix(open + 1);
  const std::size_t close = find_bare(value, '"');
  std::string text = unescaped(value.substr(0, close));
  value.remove_prefix(std::min(close + 1, value.size()));
  return {std::move(text), std::string(take_word(value))};
}

}  // namespace obo

/// Reads an ontology in OBO form: the id, name, alt_id, exact synonym and is_a of every [Term] that is not obsolete.
/// in     an .obo file, plain or gzip-compressed; links: what leads to the terms above
/// out    terms in the file's order. An obsolete term is no term, but its id and alt_id find the one that replaced it. A
///        parent that the file does not hold has an id and no name
/// errors bad_data naming file, line and value: no [Term] at all, a term without an id or with two, an id twice, an
///        is_obsolete that is neither true nor false, a tag without a value, a term that is a kind of itself, no UTF-8
/// cost   O(text)                                      source  the OBO format, versions 1.2 and 1.4
inline ontology read_obo(const std::string& path, follow links = follow::is_a, const read_options& options = {}) {
  const std::string text = file_text(path, options);
  std::vector<ontology_term> terms;
  std::vector<std::pair<std::string, std::string>> replaced;  // the term that took the place, and the id that it took
  ontology_term term;
  std::vector<std::string> replaced_by;
  bool inside = false, obsolete = false;
  const auto end_term = [&] {
    if (!inside) return;
    if (term.id.empty()) refuse(path, term.where, "the term has no id; write 'id: ' and its id below [Term]");
    if (obsolete && replaced_by.size() == 1) {
      replaced.emplace_back(replaced_by.front(), term.id);
      for (const std::string& id : term.other_id) replaced.emplace_back(replaced_by.front(), id);
    }
    if (!obsolete) terms.push_back(std::move(term));
  };
  lines_of lines(text);
  for (std::string_view line; lines.next(line);) {
    if (!is_utf8(line) || line.find('\0') != std::string_view::npos)
      refuse(path, lines.where(), "it is no text; name an OBO file");
    if (line.starts_with('[')) {
      end_term();
      inside = line.starts_with("[Term]");
      obsolete = false;
      replaced_by.clear();
      term = {};
      term.where = lines.where();
      continue;
    }
    const std::size_t colon = line.find(':');
    if (!inside || line.starts_with('!') || colon == std::string_view::npos) continue;
    const std::string_view tag = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    const auto plain = [&] {
      std::string out = obo::plain_value(value);
      if (out.empty()) refuse(path, lines.where(), "the tag " + in_quotes(tag) + " has no value; write it behind the colon");
      return out;
    };
    const auto word = [&] {
      const std::string whole = plain();
      std::string_view rest = whole;
      return std::string(take_word(rest));
    };
    if (tag == "id") {
      if (!term.id.empty())
        refuse(path, lines.where(), "the term " + in_quotes(term.id) + " has a second id, " + in_quotes(word()) + "; keep one");
      term.id = word();
      term.where = lines.where();
    } else if (tag == "name") {
      term.name = plain();
    } else if (tag == "is_a") {
      term.parent.push_back(word());
    } else if (tag == "alt_id") {
      term.other_id.push_back(word());
    } else if (tag == "replaced_by") {
      replaced_by.push_back(word());
    } else if (tag == "is_obsolete") {
      const std::string is = word();
      if (is != "true" && is != "false")
        refuse(path, lines.where(), "is_obsolete is " + in_quotes(is) + "; write true or false");
      obsolete = is == "true";
    } else if (tag == "synonym") {
      if (auto [name, scope] = obo::quoted_value(value); scope == "EXACT") term.synonym.push_back(std::move(name));
    } else if (tag == "relationship" && links == follow::relationships) {
      const std::string whole = plain();
      std::string_view rest = whole;
      (void)take_word(rest);
      const std::string_view to = take_word(rest);
      if (to.empty())
        refuse(path, lines.where(), "the relationship " + in_quotes(whole) + " leads to no term; write its kind and an id");
      term.linked.emplace_back(to);
    }
  }
  end_term();
  if (terms.empty()) refuse(path, "", "it holds no [Term] that is not obsolete; name an ontology in OBO form");
  if (!replaced.empty()) {
    std::unordered_map<std::string, std::size_t> number;
    for (std::size_t t = 0; t < terms.size(); ++t) number.try_emplace(terms[t].id, t);
    for (auto& [by, old] : replaced)
      if (const auto at = number.find(by); at != number.end()) terms[at->second].other_id.push_back(std::move(old));
  }
  return ontology(std::move(terms), "file " + in_quotes(path));
}

/// Reads labels and what they are kinds of from a table: a row for each pair, its columns child and parent, or else the
/// first two.
/// out    an ontology whose ids are the labels, in the order in which they first stand; an empty parent: a kind of nothing
/// errors bad_data naming file, line and value: fewer than two columns, a row without a child, a label that is a kind of
///        itself
/// cost   O(text)
inline ontology read_label_tree(const std::string& path, const read_options& options = {}) {
  const text_table table = read_text_table(file_text(path, options), path);
  if (table.column.size() < 2)
    refuse(path, "line 1", "it has one column; give a table whose first two columns are child and parent");
  int child = table.find({"child", "label", "cell_type", "term"}), parent = table.find({"parent", "is_a"});
  if (child < 0 || parent < 0) child = 0, parent = 1;
  std::vector<ontology_term> terms;
  std::unordered_map<std::string, std::size_t> number;
  for (std::size_t r = 0; r < table.field.size(); ++r) {
    const std::string &c = table.field[r][usize(child)], &p = table.field[r][usize(parent)];
    const std::string where = "line " + std::to_string(table.line[r]);
    if (c.empty()) refuse(path, where, "the row has no child; name a label and what it is a kind of");
    const auto [at, is_new] = number.try_emplace(c, terms.size());
    if (is_new) terms.push_back({c, c, {}, {}, {}, {}, where});
    if (!p.empty()) terms[at->second].parent.push_back(p);
  }
  return ontology(std::move(terms), "file " + in_quotes(path));
}

/// Reads an ontology in OBO form, or a table of child and parent where the file is none.            errors, cost  as these
inline ontology read_ontology(const std::string& path, follow links = follow::is_a, const read_options& options = {}) {
  const std::string text = file_text(path, options);
  const bool is_obo =
      text.starts_with("[Term]") || text.starts_with("format-version:") || text.find("\n[Term]") != std::string::npos;
  return is_obo ? read_obo(path, links, options) : read_label_tree(path, options);
}

/// Reads pairs of labels that may mean the same cell, from the first two columns of a table; nothing follows from two pairs.
/// errors bad_data naming file and line: fewer than two columns, a row that lacks a label
/// cost   O(text)
inline std::vector<label_pair> read_label_pairs(const std::string& path, const read_options& options = {}) {
  const text_table table = read_text_table(file_text(path, options), path);
  if (table.column.size() < 2) refuse(path, "line 1", "it has one column; give a table whose first two columns are labels");
  std::vector<label_pair> out;
  for (std::size_t r = 0; r < table.field.size(); ++r) {
    const std::string &a = table.field[r][0], &b = table.field[r][1];
    if (a.empty() || b.empty()) refuse(path, "line " + std::to_string(table.line[r]), "the row lacks a label; name two");
    out.emplace_back(a, b);
  }
  return out;
}

}  // namespace tepui::io
