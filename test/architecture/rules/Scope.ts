/**
 * Says whether a name in a module means the global of that name, or something the module declares itself.
 * A parameter called `process` is no access to the process.
 */
import ts from 'typescript-6.0'

const bindsName = (binding: ts.BindingName, name: string): boolean =>
  ts.isIdentifier(binding)
    ? binding.text === name
    : binding.elements.some((element) => ts.isBindingElement(element) && bindsName(element.name, name))

const importBinds = (clause: ts.ImportClause | undefined, name: string): boolean => {
  const named = clause?.namedBindings
  if (clause?.name?.text === name) return true
  if (named === undefined) return false
  return ts.isNamespaceImport(named)
    ? named.name.text === name
    : named.elements.some((element) => element.name.text === name)
}

const listBinds = (list: ts.VariableDeclarationList, name: string): boolean =>
  list.declarations.some((declaration) => bindsName(declaration.name, name))

const statementBinds = (statement: ts.Statement, name: string): boolean => {
  if (ts.isVariableStatement(statement)) return listBinds(statement.declarationList, name)
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name?.text === name
  return ts.isImportDeclaration(statement) && importBinds(statement.importClause, name)
}

const scopeBinds = (scope: ts.Node, name: string): boolean => {
  if (ts.isFunctionLike(scope)) return scope.parameters.some((parameter) => bindsName(parameter.name, name))
  if (ts.isSourceFile(scope) || ts.isBlock(scope) || ts.isCaseOrDefaultClause(scope)) {
    return scope.statements.some((statement) => statementBinds(statement, name))
  }
  if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
    const { initializer } = scope
    return (
      initializer !== undefined && ts.isVariableDeclarationList(initializer) && listBinds(initializer, name)
    )
  }
  return ts.isCatchClause(scope) && scope.variableDeclaration !== undefined
    ? bindsName(scope.variableDeclaration.name, name)
    : false
}

const isDeclared = (node: ts.Node, name: string): boolean =>
  node.parent !== undefined && (scopeBinds(node.parent, name) || isDeclared(node.parent, name))

const isNameOf = (node: ts.Identifier, parent: ts.Node): boolean => 'name' in parent && parent.name === node

/** Whether an identifier stands for a value, rather than naming a member, a type or a declaration. */
const isReference = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isShorthandPropertyAssignment(parent)) return true
  if (isNameOf(node, parent) || ts.isTypeNode(parent)) return false
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) return true
  if (ts.isParameter(parent) || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent)) return true
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isComputedPropertyName(parent) || ts.isCaseOrDefaultClause(parent)) return true
  return (
    ts.isExpression(parent) ||
    ts.isStatement(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isSpreadAssignment(parent)
  )
}

/** The global that an identifier refers to, if it refers to one. */
export const globalNameOf = (node: ts.Node): string | undefined =>
  ts.isIdentifier(node) && isReference(node) && !isDeclared(node, node.text) ? node.text : undefined
