#include <doctest/doctest.h>

#include <string>

#include <tepui/io/ontology.hpp>

#include "io/files.hpp"

namespace test_io_ontology {
namespace {
namespace io = tepui::io;

const char* const small =
    "format-version: 1.2\r\n"
    "id: not a term\n"
    "\n"
    "[Term]\n"
    "id: X:1 ! the root\n"
    "name: thing\\, living {source=\"a\"} ! said with care\n"
    "\n"
    "[Term]\n"
    "id: X:2\n"
    "name: runner\n"
    "alt_id: X:9\n"
    "synonym: \"one that runs (\\\"fast\\\")\" EXACT []\n"
    "synonym: \"mover\" BROAD []\n"
    "is_a: X:1 {xref=\"b\"} ! thing\n"
    "is_obsolete: false\n"
    "relationship: part_of X:4 ! herd\n"
    "\n"
    "[Term]\n"
    "id: X:3\n"
    "name: sprinter\n"
    "is_a: X:2\n"
    "is_a: Y:7 ! of another ontology\n"
    "\n"
    "[Typedef]\n"
    "id: part_of\n"
    "is_a: part_of\n"
    "\n"
    "[Term]\n"
    "id: X:4\n"
    "name: herd\n"
    "\n"
    "[Term]\n"
    "id: X:5\n"
    "name: hopper\n"
    "alt_id: X:55\n"
    "is_obsolete: true\n"
    "replaced_by: X:2\n";

TEST_CASE("terms of an OBO file: ids, names, other names, parents") {
  const auto o = io::read_obo(io_files::write_text("small.obo", small));
  CHECK(o.n_terms() == 5);
  CHECK(o.name(0) == "thing, living");
  CHECK(o.find("X:2") == 1);
  CHECK(o.find("X:9") == 1);
  CHECK(o.find("one that runs (\"fast\")") == 1);
  CHECK(o.find("mover") == -1);   // a broad synonym may mean others
  CHECK(o.find("hopper") == -1);  // obsolete
  CHECK(o.find("X:5") == 1);      // and replaced
  CHECK(o.find("X:55") == 1);
  CHECK(o.find("part_of") == -1);
  CHECK(o.id(4) == "Y:7");
  CHECK(o.related(o.find("sprinter"), o.find("thing, living")));
  CHECK_FALSE(o.related(o.find("runner"), o.find("herd")));
}
TEST_CASE("other relationships are followed where they are asked for") {
  const auto o = io::read_ontology(io_files::write_text("small.obo", small), io::follow::relationships);
  CHECK(o.related(o.find("sprinter"), o.find("herd")));
}
TEST_CASE("what is wrong with an OBO file is said with its line and value") {
  const auto refused = [](const std::string& text) {
    return io_files::refusal([&] { return io::read_obo(io_files::write_text("bad.obo", text)); });
  };
  const auto says = [&](const std::string& text, const char* what) {
    INFO(refused(text));
    CHECK(refused(text).find(what) != std::string::npos);
  };
  says("", "holds no [Term]");
  says("[Term]\nname: a\n\n[Term]\nid: b\n", "line 1: the term has no id");
  says("[Term]\nid: a\nid: b\n", "line 3: the term 'a' has a second id, 'b'");
  says("[Term]\nid: a\n[Term]\nid: a\n", "line 4: the id 'a' was there before");
  says("[Term]\nid: a\nis_obsolete: yes\n", "line 3: is_obsolete is 'yes'");
  says("[Term]\nid: a\nis_a: ! b\n", "line 3: the tag 'is_a' has no value");
  says("[Term]\nid: a\nis_a: b\n\n[Term]\nid: b\nis_a: a\n", "line 2: a term is a kind of itself: 'a' is a 'b' is a 'a'");
  says("[Term]\nid: a\nname: \xFF\n", "line 3: it is no text");
  CHECK(io_files::refusal([] {
          return io::read_obo(io_files::write_text("r.obo", "[Term]\nid: a\nrelationship: part_of\n"),
                              io::follow::relationships);
        }).find("line 3: the relationship 'part_of' leads to no term") != std::string::npos);
}
TEST_CASE("a table of child and parent is an ontology of labels") {
  const auto o =
      io::read_ontology(io_files::write_text("tree.tsv", "parent\tchild\nT cell\tCD8 T\nlymphocyte\tT cell\n\tB cell\n"));
  CHECK(o.related(o.find("CD8 T"), o.find("lymphocyte")));
  CHECK(o.related(o.find("CD8 T"), o.find("T cell")));
  CHECK_FALSE(o.related(o.find("B cell"), o.find("lymphocyte")));
  CHECK(io_files::refusal([] {
          return io::read_ontology(io_files::write_text("tree.csv", "child,parent\na,b\nb,a\n"));
        }).find("line 2: a term is a kind of itself: 'a' is a 'b' is a 'a'") != std::string::npos);
  CHECK(io_files::refusal([] {
          return io::read_label_tree(io_files::write_text("tree.csv", "child,parent\n,b\n"));
        }).find("line 2: the row has no child") != std::string::npos);
}
TEST_CASE("a table of pairs") {
  const auto pairs = io::read_label_pairs(io_files::write_text("pairs.csv", "a,b\nT,CD8 T\nB,plasma\n"));
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[1] == tepui::label_pair{"B", "plasma"});
  CHECK(io_files::refusal([] {
          return io::read_label_pairs(io_files::write_text("pairs.csv", "a\nb\n"));
        }).find("one column") != std::string::npos);
  CHECK(io_files::refusal([] {
          return io::read_label_pairs(io_files::write_text("pairs.csv", "a,b\nc,\n"));
        }).find("line 2: the row lacks a label") != std::string::npos);
}
}  // namespace
}  // namespace test_io_ontology
