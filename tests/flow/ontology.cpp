#include <tepui/flow/ontology.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace test_flow_ontology {
namespace {
using tepui::bad_data;
using tepui::ontology;
using tepui::ontology_term;

ontology_term term(const std::string& id, const std::vector<std::string>& parent, const std::string& name = "") {
  return {id, name, parent, {}, {}, {}, ""};
}
/// cell <- lymphocyte <- T <- CD8 T, and B beside T.
ontology blood() {
  ontology_term b = term("B", {"L"}, "B cell");
  b.other_id = {"B:old"};
  b.synonym = {"B lymphocyte", "T cell"};
  return ontology({term("CD8", {"T"}, "CD8 T cell"), b, term("T", {"L"}, "T cell"), term("L", {"cell"}, "lymphocyte")},
                  "file 'x'");
}

TEST_CASE("terms are found by id, other id, name and synonym, in this order") {
  const ontology o = blood();
  CHECK(o.n_terms() == 5);
  CHECK(o.find("CD8") == 0);
  CHECK(o.find("CD8 T cell") == 0);
  CHECK(o.find("B:old") == 1);
  CHECK(o.find("B lymphocyte") == 1);
  CHECK(o.find("T cell") == 2);  // a name counts before a synonym, wherever it stands
  CHECK(o.find("t cell") == -1);
  CHECK(o.id(4) == "cell");  // no term of its own
  CHECK(o.name(4).empty());
  CHECK(o.find("") == -1);
}
TEST_CASE("a line of descent is related, siblings are not") {
  const ontology o = blood();
  CHECK(o.ancestors(o.find("CD8")) == std::vector<std::int32_t>{2, 3, 4});
  CHECK(o.ancestors(o.find("cell")).empty());
  CHECK(o.parents(0).size() == 1);
  CHECK(o.related(0, 4));
  CHECK(o.related(4, 0));
  CHECK(o.related(1, 1));
  CHECK_FALSE(o.related(0, 1));

  const auto r = tepui::related_labels(o, std::vector<std::string>{"B cell", "CD8", "lymphocyte", "T", "T cell"});
  CHECK(r.n_labels == 5);
  CHECK(r.related == std::vector<std::uint8_t>{1, 0, 1, 0, 0,  //
                                               0, 1, 1, 1, 1,  //
                                               1, 1, 1, 1, 1,  //
                                               0, 1, 1, 1, 1,  //
                                               0, 1, 1, 1, 1});
  CHECK_THROWS_WITH_AS(static_cast<void>(tepui::related_labels(o, std::vector<std::string>{"B", "NK"})),
                       doctest::Contains("the label 'NK' is no term of file 'x'"), bad_data);
}
TEST_CASE("pairs relate what they name and nothing else") {
  const std::vector<tepui::label_pair> pairs{{"a", "b"}, {"c", "b"}, {"a", "nobody"}};
  const auto r = tepui::related_labels(pairs, std::vector<std::string>{"a", "b", "c"});
  CHECK(r.related == std::vector<std::uint8_t>{1, 1, 0, 1, 1, 1, 0, 1, 1});
  CHECK(r(1, 2));
  CHECK_FALSE(r(0, 2));
}
TEST_CASE("circles, ids twice and terms without one are refused") {
  CHECK_THROWS_WITH_AS(ontology({term("a", {}), term("a", {})}), doctest::Contains("the id 'a' was there before"), bad_data);
  CHECK_THROWS_WITH_AS(ontology({term("", {})}), doctest::Contains("has no id"), bad_data);
  CHECK_THROWS_WITH_AS(ontology({term("a", {"a"})}), doctest::Contains("'a' is a 'a'"), bad_data);
  CHECK_THROWS_WITH_AS(ontology({term("z", {"a"}), term("a", {"r", "b"}), term("b", {"c"}), term("c", {"a"}), term("r", {})}),
                       doctest::Contains("'a' is a 'b' is a 'c' is a 'a'"), bad_data);
  ontology_term a = term("a", {}), b = term("b", {});
  a.linked = {"b"}, b.linked = {"a"};
  CHECK(ontology({a, b}).related(0, 1));  // other relationships may go round
  CHECK(ontology().n_terms() == 0);
}
TEST_CASE("ancestors are what can be reached, in any order of terms") {
  CHECK(rc::check([] {
    const int n = *rc::gen::inRange(1, 12);
    std::vector<std::set<int>> up(static_cast<std::size_t>(n));
    std::vector<ontology_term> terms;
    for (int t = 0; t < n; ++t) {
      std::vector<std::string> parent;
      for (int p = 0; p < t; ++p)
        if (*rc::gen::inRange(0, 3) == 0) {
          parent.push_back(std::to_string(p));
          up[static_cast<std::size_t>(t)].insert(p);
          up[static_cast<std::size_t>(t)].insert(up[static_cast<std::size_t>(p)].begin(),
                                                 up[static_cast<std::size_t>(p)].end());
        }
      terms.push_back(term(std::to_string(t), parent));
    }
    std::rotate(terms.begin(), terms.begin() + *rc::gen::inRange(0, n), terms.end());
    const ontology o(terms);
    for (int t = 0; t < n; ++t) {
      std::set<int> got;
      for (const std::int32_t a : o.ancestors(o.find(std::to_string(t)))) got.insert(std::stoi(o.id(a)));
      RC_ASSERT(got == up[static_cast<std::size_t>(t)]);
    }
  }));
}
}  // namespace
}  // namespace test_flow_ontology
