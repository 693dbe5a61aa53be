#pragma once
/// Which kinds of cells are kinds of which others, as an ontology says, and which labels therefore do not contradict each
/// other.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>

namespace tepui {

/// One kind of cell.
struct ontology_term {
  std::string id, name;
  std::vector<std::string> parent;             ///< ids of the terms that it is a kind of
  std::vector<std::string> linked;             ///< ids that other relationships lead to (part_of ...), followed like parents
  std::vector<std::string> other_id, synonym;  ///< by which it is found as well
  std::string where;                           ///< where it stands in its file, for messages: "line 12"
};

/// Terms and what they are kinds of.                          shapes  parents of a term: numbers of terms, in the file's
/// order
class ontology {
 public:
  ontology() = default;

  /// in     terms in any order; a parent that is no term becomes one without a name; source: for messages, "file 'cl.obo'"
  /// errors bad_data naming source, where and value: an empty id, an id twice, a term that is a kind of itself, also by
  ///        way of others; `linked` may form circles
  /// cost   O(terms and edges)
  explicit ontology(std::vector<ontology_term> terms, std::string source = "") : source_(std::move(source)) {
    for (const ontology_term& t : terms) {
      if (t.id.empty()) refuse(t, "a term has no id; give every term one");
      if (!number_.try_emplace(t.id, isize(id_.size())).second)
        refuse(t, "the id '" + t.id + "' was there before; give every term its own");
      id_.push_back(t.id);
      name_.push_back(t.name);
    }
    const auto number_of = [&](const std::string& id) {
      const auto [at, is_new] = number_.try_emplace(id, isize(id_.size()));
      if (is_new) id_.push_back(id), name_.emplace_back();
      return static_cast<std::int32_t>(at->second);
    };
    std::vector<std::int64_t> end_of_is_a;
    for (const ontology_term& t : terms) {
      for (const std::string& p : t.parent) parent_.push_back(number_of(p));
      end_of_is_a.push_back(isize(parent_.size()));
      for (const std::string& p : t.linked) parent_.push_back(number_of(p));
      begin_.push_back(isize(parent_.size()));
    }
    refuse_circles(terms, end_of_is_a);
    begin_.resize(id_.size() + 1, begin_.back());
    // What a term is called besides: what comes first counts, and an id before a name.
    const auto also = [&](auto names_of) {
      for (std::size_t t = 0; t < terms.size(); ++t)
        for (const std::string& text : names_of(terms[t]))
          if (!text.empty()) number_.try_emplace(text, isize(t));
    };
    also([](const ontology_term& t) { return t.other_id; });
    also([](const ontology_term& t) { return std::vector{t.name}; });
    also([](const ontology_term& t) { return t.synonym; });
  }

  [[nodiscard]] std::int32_t n_terms() const { return static_cast<std::int32_t>(id_.size()); }
  [[nodiscard]] const std::string& id(std::int32_t term) const { return id_[usize(term)]; }
  [[nodiscard]] const std::string& name(std::int32_t term) const { return name_[usize(term)]; }
  [[nodiscard]] const std::string& source() const { return source_; }

  /// The term with this id, other id, name or synonym, in this order; -1 where there is none.        ties  the first in
  /// the file
  [[nodiscard]] std::int32_t find(const std::string& text) const {
    const auto at = number_.find(text);
    return at == number_.end() ? -1 : static_cast<std::int32_t>(at->second);
  }
  [[nodiscard]] std::span<const std::int32_t> parents(std::int32_t term) const {
    return std::span(parent_).subspan(usize(begin_[usize(term)]), usize(begin_[usize(term) + 1] - begin_[usize(term)]));
  }
  /// All terms that a term is a kind of, at any distance, ascending; without itself.        cost  O(terms)
  [[nodiscard]] std::vector<std::int32_t> ancestors(std::int32_t term) const {
    std::vector<std::uint8_t> seen(id_.size(), 0);
    std::vector<std::int32_t> out;
    seen[usize(term)] = 1;
    for (std::int64_t next = -1; next < isize(out.size()); ++next)
      for (const std::int32_t p : parents(next < 0 ? term : out[usize(next)]))
        if (!std::exchange(seen[usize(p)], std::uint8_t{1})) out.push_back(p);
    std::sort(out.begin(), out.end());
    return out;
  }
  /// Whether two terms stand in one line of descent: the same, or one an ancestor of the other. Siblings do not.
  [[nodiscard]] bool related(std::int32_t a, std::int32_t b) const {
    const auto above = [this](std::int32_t term, std::int32_t older) {
      const auto all = ancestors(term);
      return std::binary_search(all.begin(), all.end(), older);
    };
    return a == b || above(a, b) || above(b, a);
  }

 private:
  [[noreturn]] void refuse(const ontology_term& at, const std::string& what) const {
    std::string place = source_;
    if (!at.where.empty()) place += (place.empty() ? "" : ", ") + at.where;
    throw bad_data((place.empty() ? "ontology" : place) + ": " + what);
  }

  /// Takes away terms whose parents are gone, until nothing but circles is left.
  void refuse_circles(const std::vector<ontology_term>& terms, std::span<const std::int64_t> end_of_is_a) const {
    const std::size_t n = terms.size();
    std::vector<std::int32_t> open(n, 0), done;
    std::vector<std::vector<std::int32_t>> child(n);
    const auto is_a = [&](std::size_t t) {
      return std::span(parent_).subspan(usize(begin_[t]), usize(end_of_is_a[t] - begin_[t]));
    };
    for (std::size_t t = 0; t < n; ++t) {
      for (const std::int32_t p : is_a(t))
        if (usize(p) < n) ++open[t], child[usize(p)].push_back(static_cast<std::int32_t>(t));
      if (open[t] == 0) done.push_back(static_cast<std::int32_t>(t));
    }
    for (std::size_t next = 0; next < done.size(); ++next)
      for (const std::int32_t c : child[usize(done[next])])
        if (--open[usize(c)] == 0) done.push_back(c);
    if (done.size() == n) return;
    // Every term that is left has a parent that is left: going up ends in a circle.
    std::vector<std::int32_t> way{
        static_cast<std::int32_t>(std::find_if(open.begin(), open.end(), [](auto o) { return o > 0; }) - open.begin())};
    for (;;) {
      const auto up = is_a(usize(way.back()));
      const std::int32_t next =
          *std::find_if(up.begin(), up.end(), [&](std::int32_t p) { return usize(p) < n && open[usize(p)] > 0; });
      const auto before = std::find(way.begin(), way.end(), next);
      const bool closed = before != way.end();
      if (closed) way.erase(way.begin(), before);
      way.push_back(next);
      if (closed) break;
    }
    std::string circle;
    for (std::size_t i = 0; i < way.size() && i < 8; ++i) circle += (i == 0 ? "'" : "' is a '") + id_[usize(way[i])];
    refuse(terms[usize(way.front())],
           "a term is a kind of itself: " + circle + (way.size() > 8 ? "' ..." : "'") + "; take one of these is_a away");
  }

  std::string source_;
  std::vector<std::string> id_, name_;
  std::vector<std::int64_t> begin_{0};
  std::vector<std::int32_t> parent_;
  std::unordered_map<std::string, std::int64_t> number_;
};

/// Which labels may mean the same cell, so that none says what the other is not.
/// shapes  related [labels, labels]; 1 where they may
struct label_relation {
  std::int32_t n_labels = 0;
  std::vector<std::uint8_t> related;

  [[nodiscard]] bool operator()(std::int32_t a, std::int32_t b) const {
    return related[usize(a) * usize(n_labels) + usize(b)] != 0;
  }
};

/// Two labels that may mean the same cell.
using label_pair = std::pair<std::string, std::string>;

/// Labels each of which is like itself alone.
[[nodiscard]] inline label_relation unrelated_labels(std::int32_t n_labels) {
  label_relation out{n_labels, std::vector<std::uint8_t>(usize(n_labels) * usize(n_labels), 0)};
  for (std::size_t l = 0; l < usize(n_labels); ++l) out.related[l * usize(n_labels) + l] = 1;
  return out;
}

/// Labels that stand in one line of descent (a T cell, and a CD8 T cell), both ways.
/// in     labels [labels]: ids, names or synonyms of terms            errors bad_data naming the label that is no term
/// cost   O(labels (terms + labels))                                  source Heimberg et al. 2025 (SCimilarity)
[[nodiscard]] inline label_relation related_labels(const ontology& terms, std::span<const std::string> labels) {
  std::vector<std::int32_t> term;
  for (const std::string& label : labels) {
    term.push_back(terms.find(label));
    if (term.back() < 0)
      throw bad_data("the label '" + label + "' is no term of " + (terms.source().empty() ? "the ontology" : terms.source()) +
                     "; name it as the ontology does, by id, name or exact synonym, or leave its cells without a label");
  }
  label_relation out = unrelated_labels(static_cast<std::int32_t>(labels.size()));
  const std::size_t n = labels.size();
  for (std::size_t a = 0; a < n; ++a) {
    const auto above = terms.ancestors(term[a]);
    for (std::size_t b = 0; b < n; ++b)
      if (term[a] == term[b] || std::binary_search(above.begin(), above.end(), term[b]))
        out.related[a * n + b] = out.related[b * n + a] = 1;
  }
  return out;
}

/// Labels that a list of pairs names, both ways, and no others: a pair of pairs says nothing about their ends.
/// in     pairs of labels; those that no cell has are passed over            cost   O(pairs + labels^2)
[[nodiscard]] inline label_relation related_labels(std::span<const label_pair> pairs, std::span<const std::string> labels) {
  label_relation out = unrelated_labels(static_cast<std::int32_t>(labels.size()));
  const std::size_t n = labels.size();
  std::unordered_map<std::string_view, std::size_t> number;
  for (std::size_t l = 0; l < n; ++l) number.try_emplace(labels[l], l);
  for (const auto& [one, other] : pairs) {
    const auto a = number.find(one), b = number.find(other);
    if (a == number.end() || b == number.end()) continue;
    out.related[a->second * n + b->second] = out.related[b->second * n + a->second] = 1;
  }
  return out;
}

}  // namespace tepui
