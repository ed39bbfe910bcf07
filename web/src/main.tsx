import { render } from 'preact';
import { App } from './app.js';
import './theme.css';
import './table/table.css';

render(<App />, document.getElementById('app')!);
