import { useEffect, useRef } from 'react'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { linter, lintGutter } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useIsDark } from '../shell/appearance.ts'

export interface JsonEditorProps {
  value: string
  label: string
  /** Without it the text can only be read. */
  onChange?: (value: string) => void
  height?: string
}

const COLOURS = {
  light: { text: '#16191f', back: '#ffffff', gutter: '#5f6b7a', border: '#7d8998', key: '#0f62ae', string: '#12692f', number: '#9a3412', word: '#7a2e9e' },
  dark: { text: '#e9ebed', back: '#0f141a', gutter: '#9ba7b6', border: '#7d8998', key: '#6cb2f5', string: '#6ed08b', number: '#ff9d5c', word: '#c99af0' },
}

/** JSON, highlighted, and checked as it is written. Tab leaves the editor, as it leaves any other field. */
export function JsonEditor ({ value, label, onChange, height = '320px' }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useRef(onChange)
  changed.current = onChange
  const initial = useRef(value)
  initial.current = value
  const isDark = useIsDark()
  const isEditable = onChange !== undefined

  useEffect(() => {
    const c = COLOURS[isDark ? 'dark' : 'light']
    const editor = view.current = new EditorView({
      parent: place.current!, // it is rendered below
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          lineNumbers(), history(), bracketMatching(), json(), keymap.of([...defaultKeymap, ...historyKeymap]), EditorView.lineWrapping,
          syntaxHighlighting(HighlightStyle.define([
            { tag: tags.propertyName, color: c.key }, { tag: tags.string, color: c.string }, { tag: tags.number, color: c.number }, { tag: [tags.bool, tags.null], color: c.word },
          ])),
          ...isEditable ? [linter(jsonParseLinter()), lintGutter()] : [EditorState.readOnly.of(true)],
          EditorView.contentAttributes.of({ 'aria-label': label, ...!isEditable && { 'aria-readonly': 'true' } }),
          EditorView.updateListener.of((update) => { if (update.docChanged) changed.current?.(update.state.doc.toString()) }),
          EditorView.theme({
            '&': { height, color: c.text, backgroundColor: c.back, border: `1px solid ${c.border}`, borderRadius: '8px', fontSize: '13px' },
            '&.cm-focused': { outline: `2px solid ${c.key}` },
            '.cm-scroller': { overflow: 'auto', fontFamily: 'Monaco, Menlo, Consolas, "DejaVu Sans Mono", monospace' },
            '.cm-gutters': { backgroundColor: c.back, color: c.gutter, border: 'none' },
            '.cm-content': { caretColor: c.text },
          }, { dark: isDark }),
        ],
      }),
    })
    // Whoever uses the keyboard alone has to be able to scroll.
    editor.scrollDOM.tabIndex = 0
    return () => editor.destroy()
  }, [isDark, isEditable, label, height])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  return <div ref={place} />
}
